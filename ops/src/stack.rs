//! The stack as CloudFormation describes it: its state, outputs and resources.

use std::collections::BTreeMap;

use aws_call::{CallError, Caller, Service};

use crate::xml;

const VERSION: &str = "2010-05-15";

/// Pages of a hundred resources that are read at most; a stack holds 500.
const MOST_PAGES: usize = 5;

/// A deployed stack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub id: String,
    /// Its state, such as `UPDATE_COMPLETE`.
    pub status: String,
    /// Why it is so, where CloudFormation says.
    pub reason: Option<String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Its parameters; of secret ones only stars.
    pub parameters: BTreeMap<String, String>,
    /// What is in it.
    pub resources: Vec<Resource>,
}

/// Something in a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the template.
    pub logical: String,
    /// Its name in AWS; empty before it is made.
    pub physical: String,
    /// Its type, such as `AWS::Lambda::Function`.
    pub kind: String,
    /// Its state, such as `CREATE_FAILED`.
    pub status: String,
    /// Why it is so, where CloudFormation says.
    pub reason: Option<String>,
}

/// A stack within this one: network, database, pool and alarms are in some.
const CHILD: &str = "AWS::CloudFormation::Stack";

impl Stack {
    /// Asks for it, and for what its children have made.
    ///
    /// # Errors
    ///
    /// CloudFormation does not answer, or knows no such stack.
    pub async fn find(caller: &Caller, name: &str) -> Result<Self, CallError> {
        let named = [("StackName", name)];
        let described = caller.query(Service::CLOUDFORMATION, VERSION, "DescribeStacks", &named);
        let listed = resources(caller, name);
        let (described, mut own) = futures::try_join!(described, listed)?;
        let is_child = |made: &&Resource| made.kind == CHILD && !made.physical.is_empty();
        let children = own.iter().filter(is_child);
        let children = children.map(|child| resources(caller, &child.physical));
        let theirs = futures::future::try_join_all(children).await?;
        own.extend(theirs.into_iter().flatten());
        Ok(Self {
            resources: own,
            ..Self::read(&described)
        })
    }

    /// The account that it is in.
    pub fn account(&self) -> &str {
        // arn:aws:cloudformation:region:account:stack/name/id
        self.id.split(':').nth(4).unwrap_or_default()
    }

    /// What is of this type.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        let made = |resource: &&Resource| !resource.physical.is_empty();
        let all = self.resources.iter().filter(made);
        all.filter(move |resource| resource.kind == kind)
    }

    /// What has this name in the template.
    pub fn named(&self, logical: &str) -> Option<&Resource> {
        let mut all = self.resources.iter();
        all.find(|resource| resource.logical == logical && !resource.physical.is_empty())
    }

    fn read(xml: &str) -> Self {
        let pairs = |key, value| xml::all(xml, key).into_iter().zip(xml::all(xml, value));
        Self {
            name: xml::first(xml, "StackName").unwrap_or_default(),
            id: xml::first(xml, "StackId").unwrap_or_default(),
            status: xml::first(xml, "StackStatus").unwrap_or_default(),
            reason: xml::first(xml, "StackStatusReason").filter(|reason| !reason.is_empty()),
            outputs: pairs("OutputKey", "OutputValue").collect(),
            parameters: pairs("ParameterKey", "ParameterValue").collect(),
            resources: Vec::new(),
        }
    }
}

async fn resources(caller: &Caller, name: &str) -> Result<Vec<Resource>, CallError> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut parameters = vec![("StackName", name)];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = caller
            .query(
                Service::CLOUDFORMATION,
                VERSION,
                "ListStackResources",
                &parameters,
            )
            .await?;
        all.extend(page.split("<member>").skip(1).filter_map(resource));
        token = xml::first(&page, "NextToken").filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(all)
}

fn resource(xml: &str) -> Option<Resource> {
    Some(Resource {
        logical: xml::first(xml, "LogicalResourceId")?,
        physical: xml::first(xml, "PhysicalResourceId").unwrap_or_default(),
        kind: xml::first(xml, "ResourceType")?,
        status: xml::first(xml, "ResourceStatus").unwrap_or_default(),
        reason: xml::first(xml, "ResourceStatusReason").filter(|reason| !reason.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read() {
        let xml = "<Stacks><member><StackName>live</StackName><StackId>arn:aws:cloudformation:eu-north-1:123:stack/live/1</StackId>\
            <StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus><StackStatusReason></StackStatusReason>\
            <Parameters><member><ParameterKey>Stage</ParameterKey><ParameterValue>live</ParameterValue></member>\
            </Parameters><Outputs><member><OutputKey>HttpUrl</OutputKey><OutputValue>https://a/?b&amp;c</OutputValue>\
            </member></Outputs></member></Stacks>";
        let stack = Stack::read(xml);
        assert_eq!(stack.status, "UPDATE_ROLLBACK_COMPLETE");
        assert_eq!((&stack.name[..], &stack.reason), ("live", &None));
        assert_eq!(stack.outputs["HttpUrl"], "https://a/?b&c");
        assert_eq!(stack.parameters["Stage"], "live");
        assert_eq!(stack.account(), "123");
    }

    #[test]
    fn what_was_not_made_is_in_no_list() {
        let xml = "<LogicalResourceId>Api</LogicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
            <ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no role</ResourceStatusReason>";
        let failed = resource(xml).unwrap();
        assert_eq!(failed.reason.as_deref(), Some("no role"));
        let made = Resource {
            logical: "Worker".into(),
            physical: "live-worker".into(),
            ..failed.clone()
        };
        let stack = Stack {
            resources: vec![failed, made.clone()],
            ..Stack::default()
        };
        let functions: Vec<_> = stack.of_kind("AWS::Lambda::Function").collect();
        assert_eq!(functions, [&made]);
        assert_eq!(stack.named("Api"), None);
    }
}
